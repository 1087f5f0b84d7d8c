"""The only way out: every call to an upstream is decided, bounded and judged here."""
