"""The bundled networks, each NAME.safetensors with its card, NAME.json."""
