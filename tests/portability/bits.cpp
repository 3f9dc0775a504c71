// Prints a hash of the bits of everything that training computes with: elementary functions,
// products, scalar functions. Alone, without a test framework, so that any compiler for any CPU can
// build it.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "ravine/core/math.hpp"
#include "ravine/core/portable.hpp"
#include "ravine/linalg/eigen_input.hpp"
#include "ravine/linalg/symmetric.hpp"
#include "ravine/linalg/tile.hpp"

// The library's throws a sentence, for which it needs fmt.
void ravine::refuse_eigenvalues(std::size_t, bool) { std::abort(); }

namespace {

using ravine::Real;

class Hash {  // FNV-1a
 public:
  template <class T>
  void add(const std::vector<T>& values) {
    for (const T& value : values) {
      unsigned char bytes[sizeof(T)];
      std::memcpy(bytes, &value, sizeof value);
      if (value != value) std::memset(bytes, 0xff, sizeof bytes);  // one NaN is as good as another
      for (const unsigned char byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3;
    }
  }
  void print(const char* name) {
    std::printf("%s %016llx\n", name, static_cast<unsigned long long>(hash_));
    hash_ = kStart;
  }

 private:
  static constexpr std::uint64_t kStart = 0xcbf29ce484222325;
  std::uint64_t hash_ = kStart;
};

class Numbers {  // a linear congruential generator of Knuth's
 public:
  std::uint64_t bits() { return state_ = state_ * 6364136223846793005 + 1442695040888963407; }
  double uniform(double low, double high) {
    return low + (high - low) * (static_cast<double>(bits() >> 11) * 0x1p-53);
  }
  /// Numbers of ordinary size, and every thousandth with bits of any kind.
  template <class T>
  std::vector<T> draw(std::size_t count, double low, double high) {
    using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
    std::vector<T> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = i % 1000 == 999 ? std::bit_cast<T>(static_cast<Bits>(bits() ^ state_ >> 32))
                                  : static_cast<T>(uniform(low, high));
    return values;
  }

 private:
  std::uint64_t state_ = 1;
};

template <class T>
void elementary(Hash& hash, Numbers& numbers, const char* precision) {
  using Function = void (*)(std::span<const T>, std::span<T>);
  const Function functions[] = {ravine::exp,  ravine::log,           ravine::logistic,
                                ravine::tanh, ravine::one_minus_exp, ravine::softplus_remainder};
  const char* const names[] = {"exp",  "log",           "logistic",
                               "tanh", "one_minus_exp", "softplus_remainder"};
  for (std::size_t k = 0; k < 6; ++k) {
    for (const double range : {0.5, 20.0, 800.0}) {
      const bool positive = names[k][0] == 'l' && names[k][3] == '\0';
      std::vector<T> x = numbers.draw<T>(4'011, positive ? 0 : -range, range);
      functions[k](x, x);
      hash.add(x);
    }
    char name[64];
    std::snprintf(name, sizeof name, "%s(%s)", names[k], precision);
    hash.print(name);
  }
}

// Every way through the kernel: transposed factors, parts of packets, depths of more than a block.
void products(Hash& hash, Numbers& numbers) {
  for (const std::size_t rows : {1, 5, 13, 61})
    for (const std::size_t cols : {1, 7, 16, 33, 70})
      for (const std::size_t depth : {1, 19, 270})
        for (const bool transposed : {false, true}) {
          const std::vector<Real> a = numbers.draw<Real>(rows * depth, -1, 1);
          const std::vector<Real> b = numbers.draw<Real>(depth * cols, -1, 1);
          std::vector<Real> c = numbers.draw<Real>(rows * cols, -1, 1);
          const ravine::Factor left{a.data(), transposed ? 1 : depth, transposed ? rows : 1};
          const ravine::Factor right{b.data(), transposed ? 1 : cols, transposed ? depth : 1};
          ravine::multiply_tile(left, right, {c.data(), cols}, c.data(), cols, rows, cols, depth);
          hash.add(c);
        }
  hash.print("products");
}

void scalars(Hash& hash, Numbers& numbers) {
  std::vector<double> values;
  for (int i = 0; i < 4'000; ++i) {
    const double x = numbers.uniform(-700, 700), y = numbers.uniform(0.01, 100);
    for (const double value :
         {ravine::portable_exp(x), ravine::portable_log(y), ravine::portable_cos_pi(x),
          ravine::portable_power(y, x / 350), ravine::integer_power(y, i % 40)})
      values.push_back(value);
  }
  hash.add(values);
  hash.print("scalars");
}

void eigenvalues(Hash& hash, Numbers& numbers) {
  for (const std::size_t n : {1, 2, 3, 9, 33, 70}) {
    std::vector<double> a(n * n), values(n), vectors(n * n), moduli(n);
    for (double& element : a) element = numbers.uniform(-1, 1);
    ravine::eigenvalue_moduli({a.data(), n, n}, moduli);
    ravine::symmetric_eigen({a.data(), n, n}, values, {vectors.data(), n, n});
    for (const auto* part : {&values, &vectors, &moduli}) hash.add(*part);
  }
  hash.print("eigenvalues");
}

}  // namespace

int main() {
  Hash hash;
  Numbers numbers;
  elementary<float>(hash, numbers, "float");
  elementary<double>(hash, numbers, "double");
  products(hash, numbers);
  scalars(hash, numbers);
  eigenvalues(hash, numbers);
}
