"""Pictures: heat maps, bars and maps of the world, drawn on the server by Vega-Lite, the same in pages, SVG and PNG."""
