"""The built-in store of requests, in Seerr's place for those who run none."""
