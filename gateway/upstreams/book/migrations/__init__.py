"""How the tables came to be, step by step; Alembic walks up and down."""
