#pragma once
constexpr int ACCEPTED = 42, WRONG = 43;
