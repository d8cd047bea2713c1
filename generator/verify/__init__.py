"""What ``redraw check`` judges beyond a build."""
