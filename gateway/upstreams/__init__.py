"""The upstreams: each a subgraph that knows nothing of its siblings."""
