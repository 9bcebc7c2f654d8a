"""Topics at work: found in what is stored, changed by people, each change shown before it is made."""

from service.topics.editor import TopicEditor

__all__ = ["TopicEditor"]
