from dmoj.result import CheckerResult


def check(process_output, judge_output, judge_input, point_value, **kwargs):
    numbers = [int(word) for word in process_output.split()]
    if len(numbers) != 2 or sum(numbers) != int(judge_input):
        return CheckerResult(False, 0, "no such pair")
    return CheckerResult(True, point_value, "")
