"""What TMDB adds to the graph, by the type it joins."""

from gateway.upstreams.tmdb.fields import entries, facets, movie, pictures, related, trailers

__all__ = ["entries", "facets", "movie", "pictures", "related", "trailers"]
