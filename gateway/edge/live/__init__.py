"""Operations over connections that last: WebSockets, and streams of events over HTTP."""
