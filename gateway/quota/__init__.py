"""What each upstream allows, shared by all processes: calls per second and units per day."""
