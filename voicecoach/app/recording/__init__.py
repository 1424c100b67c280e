"""Recording a voice of one's own: sentence by sentence, or as one long take that is cut into the sentences."""
