"""What people do with requests; each refusal that they can act on is a member of a union."""
