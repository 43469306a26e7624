"""What readers see of a published round: figures, comparison, pages."""
