def send_now(**kwargs) -> None:
    raise NotImplementedError


def notify(**kwargs) -> None:
    raise NotImplementedError
