"""Calls a function in a process of its own, so that a host that crashes is a failed test and not the end of all of them."""

import multiprocessing
import signal

PROCESSES = multiprocessing.get_context("spawn")
# A render takes a second or two; what takes this long hangs.
TIMEOUT_SECONDS = 120


class HostDied(AssertionError):
    """The process ended, or had to be ended, before the function came back."""


def apart(function, *arguments, timeout=TIMEOUT_SECONDS, **options):
    """What `function` gives, called in a new process. It must be importable, arguments and result picklable.

    `timeout` is in seconds.
    """
    receiver, sender = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=_answer, args=(sender, function, arguments, options))
    process.start()
    sender.close()
    try:
        if not receiver.poll(timeout):
            raise HostDied(f"{function.__name__} did not come back within {timeout} s")
        result, error = receiver.recv()
    except EOFError:
        process.join()
        raise HostDied(f"{function.__name__}: the host ended by {_reason(process.exitcode)}") from None
    finally:
        process.join(timeout=5)
        process.kill()
        receiver.close()
    if error is not None:
        raise AssertionError(f"{function.__name__}: {error}")
    assert process.exitcode == 0, f"{function.__name__}: after its answer the host ended by {_reason(process.exitcode)}"
    return result


def _answer(sender, function, arguments, options):
    try:
        answer = function(*arguments, **options), None
    except Exception as error:  # noqa: BLE001: whatever it is, the test is to show it
        answer = None, f"{type(error).__name__}: {error}"
    sender.send(answer)
    sender.close()


def _reason(code):
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"
