#include <baton/baton.h>

#include <iostream>

int main(int argc, char** argv) {
  return baton::run(argc, argv, {}, [](const baton::TrainingArguments& args) {
    std::cout << "Baton " << baton::version() << ": " << args.max_steps << " steps at " << args.learning_rate << '\n';
  });
}
