"""The domain: plain dataclasses and rules; knows nothing outside itself."""
