"""What is kept for how long, and what nobody refers to any more."""
