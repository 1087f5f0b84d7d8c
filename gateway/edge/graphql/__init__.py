"""``/graphql``, in plain ASGI."""
