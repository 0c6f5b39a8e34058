"""What the explorers explain: activations, losses, gates, and signals through many layers."""
