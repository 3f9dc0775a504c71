#include "ravine/optim/schedule.hpp"

#include "ravine/optim/schedules/budget.hpp"
#include "ravine/optim/schedules/steps.hpp"
#include "ravine/optim/schedules/warmup.hpp"

namespace ravine {
namespace {

Catalog<Schedule> build_schedules() {
  Catalog<Schedule> catalog;
  catalog.add(schedule_entry<ConstantSchedule>("the same value at every step", "lecture L1"));
  catalog.add(schedule_entry<LinearSchedule>(
      "linear decay to 1 %, constant after tau",
      "Goodfellow, Bengio and Courville 2016, equation 8.14; lecture L5"));
  catalog.add(
      schedule_entry<InverseSchedule>("decay like 1/k", "Robbins and Monro 1951; lecture L4"));
  catalog.add(schedule_entry<InverseSqrtSchedule>(
      "decay like 1/sqrt k", "Zinkevich 2003; Kingma and Ba 2015, section 6.1"));
  catalog.add(schedule_entry<InversePowerSchedule>("decay like 1/k^power",
                                                   "Bottou 2012, section 5.3; Xu 2011"));
  catalog.add(schedule_entry<StepSchedule>("constant between sudden drops",
                                           "Krizhevsky, Sutskever and Hinton 2012, section 5"));
  catalog.add(schedule_entry<ExponentialSchedule>("the same factor at every step",
                                                  "Senior, Heigold, Ranzato and Yang 2013"));
  catalog.add(schedule_entry<CosineSchedule>("half a cosine wave from initial to final",
                                             "Loshchilov and Hutter 2017, equation 5"));
  catalog.add(schedule_entry<OneMinusSqrtSchedule>("constant, then a fall that is fastest at first",
                                                   "Haegele et al. 2024, section 3"));
  catalog.add(schedule_entry<WsdSchedule>("warm-up, a stable stretch, and a decay",
                                          "Hu et al. 2024, section 4; Haegele et al. 2024"));
  catalog.add(schedule_entry<SutskeverSchedule>(
      "momentum that rises towards max", "Sutskever, Martens, Dahl and Hinton 2013, equation 5"));
  catalog.add(schedule_entry<WarmupSchedule>("linear rise, then another schedule",
                                             "Goyal et al. 2017, section 2.2"));
  return catalog;
}

}  // namespace

const Catalog<Schedule>& schedule_catalog() {
  static const Catalog<Schedule> catalog = build_schedules();
  return catalog;
}

}  // namespace ravine
