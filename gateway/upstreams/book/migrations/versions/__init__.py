"""One module for each step; never changed once it was released."""
