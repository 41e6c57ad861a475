# Copyright: (c) 2026, the remoting.powershell contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PowerShell Remoting Protocol without input and output (broker process).

``pool.PoolClient`` is one runspace pool's client half: it gives the bytes that a transport has to move and turns the
bytes that come back into records.  What goes out: ``values`` (from JSON), ``build`` (messages), ``repair`` (their XML)
and ``fragments``.  What comes in: ``fragments``, ``clixml`` (reading), then ``incoming`` and ``streams``, which make
records with ``values`` and ``scalars`` (to JSON), ``error_records`` and ``text`` (as ansible.builtin.psrp shows it);
``object_ids`` tells what is missing.  ``host`` answers what a pipeline asks of the host application, ``interactive``
hands it to a user.  Only ``_psrpcore`` knows where the library is.
"""
