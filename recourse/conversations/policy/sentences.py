"""The sentences behind refusal codes; marked for translation, shown by the verbs."""

SENTENCES = {
    "message.not_yours": "Only the person who wrote it can do this.",
    "message.left": "This message has already left; what the customer has read cannot be taken back.",
    "message.public": "What was sent to the customer or came from them stays; redact what must not be read.",
    "message.gone": "This message is deleted or taken back already.",
    "message.stale": "Something was said on this case since you began to write. Read it, then send again.",
    "message.no_reply": "This message waits for no reply.",
    "draft.stale": "This draft was changed in another window. Both texts are kept.",
    "template.stale": "Somebody else changed this template since you opened it.",
}
