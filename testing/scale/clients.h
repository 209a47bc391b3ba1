/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NMR_SCALE_CLIENTS_H
#define _NMR_SCALE_CLIENTS_H

int scale_clients_alone(const unsigned int *numbers);
int scale_clients_late_provider(const unsigned int *numbers);
int scale_clients_early_provider(const unsigned int *numbers);
int scale_clients_stick_one(const unsigned int *numbers);
int scale_clients_stick_many(const unsigned int *numbers);
int scale_clients_complete(const unsigned int *numbers);
int scale_clients_apart(const unsigned int *numbers);

#endif /* _NMR_SCALE_CLIENTS_H */
