"""Marquee: one GraphQL graph over third-party movie APIs."""
