"""What an assistant can ask over the Model Context Protocol: tools over `dgekg.Service`, no number without its sources.

`tools` has the tools and what each answers, `answer` the one form of answers, `server` the protocol. Only `server`
needs the package `mcp`, an extra of this one.
"""
