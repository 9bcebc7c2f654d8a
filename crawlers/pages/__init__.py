"""Page objects: what a page holds, as functions of its bytes, without any network."""
