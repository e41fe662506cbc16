from dmoj.graders.interactive import InteractiveGrader


class Grader(InteractiveGrader):
    def interact(self, case, interactor):
        secret = int(case.input_data())
        for guesses in range(9):
            guess = interactor.readint(0, 1000)
            if guess == secret:
                return True
            interactor.writeln(secret - guess)
        return False
