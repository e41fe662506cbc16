"""What every version of the interface shares: models, errors, the route class."""
