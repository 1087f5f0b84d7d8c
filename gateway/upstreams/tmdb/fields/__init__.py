"""What TMDB adds to the graph, by the type it joins."""

from gateway.upstreams.tmdb.fields import entries, movie, pictures, trailers

__all__ = ["entries", "movie", "pictures", "trailers"]
