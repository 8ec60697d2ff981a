"""The service: a web page and REST over an index of photographs, for this machine by default."""
