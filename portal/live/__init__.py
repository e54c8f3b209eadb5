"""What makes two screens one: the bell, presence, and the state mixin that knows who calls."""
