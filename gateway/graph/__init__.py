"""The unified types of the graph, and how their fields reach the upstreams."""
