from application.idempotency.usecases.answer_once import AnswerOnce
from application.idempotency.usecases.forget_replies import ForgetReplies

__all__ = ["AnswerOnce", "ForgetReplies"]
