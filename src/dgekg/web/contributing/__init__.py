"""`/contribute`: forms made of the shapes, handed to the inbox; what became of a proposal, by its code."""
