"""What the rules see in a text. No Django, no network, no clock."""
