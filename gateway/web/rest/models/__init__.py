"""What the routes take and give: the graph's types under the graph's names."""
