"""The demo shop: what a newcomer sees first, and the large shop that is only for measuring."""
