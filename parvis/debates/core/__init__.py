"""What debates compute: pure, without Django, network or clock."""
