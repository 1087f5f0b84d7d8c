"""Read-through cache: what an upstream said, kept for as long as a policy allows."""
