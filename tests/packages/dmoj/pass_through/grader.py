from subprocess import PIPE

from dmoj.graders.base import BaseGrader
from dmoj.result import Result


class Grader(BaseGrader):
    def grade(self, case):
        result = Result(case)
        process = self.binary.launch(time=self.problem.time_limit, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        output, error = process.communicate(case.input_data())
        self.binary.populate_result(error, result, process)
        if output.split() == case.output_data().split():
            result.points = case.points
        else:
            result.result_flag |= Result.WA
            result.feedback = "something else"
        return result
