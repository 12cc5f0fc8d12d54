// A library with NVML's functions and two cards: the first uses 60 J from reading to reading, the second cannot be
// looked at.
#include <cstring>

namespace {

int card_of(void* device) { return device == nullptr ? -1 : *static_cast<int*>(device); }

int copy(const char* text, char* to, unsigned size) {
  if (std::strlen(text) >= size) return 7;  // NVML_ERROR_INSUFFICIENT_SIZE
  std::strcpy(to, text);
  return 0;
}

struct Utilization {
  unsigned gpu, memory;
};

}  // namespace

extern "C" {

int nvmlInit_v2() { return 0; }
int nvmlShutdown() { return 0; }

int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = 2;
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  static int first = 0;
  *device = &first;
  return index == 0 ? 0 : 4;  // NVML_ERROR_NO_PERMISSION
}

int nvmlDeviceGetName(void* device, char* name, unsigned size) {
  return card_of(device) == 0 ? copy("Fake GPU", name, size) : 1;
}

int nvmlDeviceGetUUID(void* device, char* uuid, unsigned size) {
  return card_of(device) == 0 ? copy("GPU-0123", uuid, size) : 1;
}

int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* millijoules) {
  static unsigned long long energy = 1000;
  *millijoules = energy += 60'000;
  return card_of(device) == 0 ? 0 : 1;
}

int nvmlDeviceGetPowerUsage(void* device, unsigned* milliwatts) {
  *milliwatts = 300'000;
  return card_of(device) == 0 ? 0 : 1;
}

int nvmlDeviceGetUtilizationRates(void* device, void* utilization) {
  *static_cast<Utilization*>(utilization) = {75, 20};
  return card_of(device) == 0 ? 0 : 1;
}

}  // extern "C"
