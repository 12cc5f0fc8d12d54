// pt_again IN OUT: reads a .pt file and writes what was in it, for torch to read.
#include <exception>
#include <iostream>

#include "src/formats/pt.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: pt_again IN OUT\n";
    return 2;
  }
  try {
    baton::pt::write_pt(argv[2], baton::pt::read_pt(argv[1]));
  } catch (const std::exception& error) {
    std::cerr << "pt_again: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
