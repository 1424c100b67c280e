"""Files that are not valid YAML: their lines, and the slips behind the errors of the parser."""
