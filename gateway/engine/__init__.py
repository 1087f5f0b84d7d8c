"""How an operation is checked and executed; knows GraphQL, not movies."""
