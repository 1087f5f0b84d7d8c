"""What the graph talks about: frozen values of the standard library, whoever sent them."""
