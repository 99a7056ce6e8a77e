"""How people reach Jinling: the command line, the web service and its pages."""
