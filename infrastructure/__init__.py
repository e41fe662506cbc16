"""The adapters: everything that knows a library, a kernel or a wire format."""
