"""What happens to requests, from the outbox of whoever keeps them to everyone who follows."""
