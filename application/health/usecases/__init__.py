from application.health.usecases.check_readiness import CheckReadiness, Readiness

__all__ = ["CheckReadiness", "Readiness"]
