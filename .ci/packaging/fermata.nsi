; Installs Fermata for one person, without an administrator. /S is silent, /D=FOLDER another folder; the
; uninstaller's /PURGE deletes settings and sign-ins too. Exit code 2: a Fermata is running and does not end.
Unicode true
Target amd64-unicode
!include LogicLib.nsh
!include FileFunc.nsh
!include MUI2.nsh
!include Win\COM.nsh
!include Win\Propkey.nsh
!define ID io.github.fermata
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${ID}"

Name Fermata
OutFile "${OUT}"
RequestExecutionLevel user
InstallDir "$LOCALAPPDATA\Programs\Fermata"
InstallDirRegKey HKCU "${UNINSTALL}" InstallLocation
SetCompressor /SOLID lzma
VIProductVersion "${VERSION}.0"
VIAddVersionKey ProductName Fermata
VIAddVersionKey FileDescription "Fermata's installer"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey LegalCopyright "The Fermata authors, MIT licence"
!define MUI_ICON icon.ico
!define MUI_UNICON icon.ico
!define MUI_FINISHPAGE_RUN "$INSTDIR\fermata.exe"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

; Stop ends what runs from $INSTDIR: it is asked by "quit", which waits for a renewal under way, then its
; tray's window is closed. A file that can be opened for writing is no running program.
!macro Stop un
Function ${un}Ended ; waits up to 25 seconds; pushes 1 once the program's file is free
	StrCpy $1 0
	${For} $0 1 100
		ClearErrors
		FileOpen $2 "$INSTDIR\fermata.exe" a
		${IfNot} ${Errors}
			FileClose $2
			StrCpy $1 1
			${Break}
		${EndIf}
		Sleep 250
	${Next}
	Push $1
FunctionEnd

Function ${un}CloseWindows ; of this program's trays: other programs have trays of the same class
	StrCpy $0 0
	${Do}
		FindWindow $0 SystrayClass "" 0 $0
		${If} $0 P= 0
			${Break}
		${EndIf}
		System::Call 'user32::GetWindowThreadProcessId(p r0, *i .r1)'
		System::Call 'kernel32::OpenProcess(i 0x1000, i 0, i r1)p.r2' ; PROCESS_QUERY_LIMITED_INFORMATION
		System::Call 'kernel32::QueryFullProcessImageNameW(p r2, i 0, w .r3, *i ${NSIS_MAX_STRLEN})'
		System::Call 'kernel32::CloseHandle(p r2)'
		${If} $3 == "$INSTDIR\fermata.exe"
			System::Call 'user32::PostMessageW(p r0, i 0x10, p 0, p 0)' ; WM_CLOSE
		${EndIf}
	${Loop}
FunctionEnd

Function ${un}Stop
	IfFileExists "$INSTDIR\fermata.exe" 0 done
again:
	DetailPrint "Asking the running Fermata to quit"
	nsExec::ExecToLog /TIMEOUT=10000 '"$INSTDIR\fermata.exe" quit'
	Pop $0
	nsExec::ExecToLog /TIMEOUT=10000 '"$INSTDIR\fermata.exe" demo quit'
	Pop $0
	Call ${un}Ended
	Pop $0
	StrCmp $0 1 done
	Call ${un}CloseWindows
	Call ${un}Ended
	Pop $0
	StrCmp $0 1 done
	MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "Fermata is running and can't be stopped. Quit it from its menu, then try again." /SD IDCANCEL IDRETRY again
	DetailPrint "Fermata is running and can't be stopped"
	SetErrorLevel 2
	Quit
done:
FunctionEnd
!macroend
!insertmacro Stop ""
!insertmacro Stop un.

; Link puts Fermata into the Start menu, with the ID that its notifications have.
Function Link
	!insertmacro ComHlpr_CreateInProcInstance ${CLSID_ShellLink} ${IID_IShellLink} r0 ""
	${If} $0 P<> 0
		${IShellLink::SetPath} $0 '("$INSTDIR\fermata.exe")'
		${IShellLink::SetDescription} $0 '("Keeps your Spotify session alive")'
		${IUnknown::QueryInterface} $0 '("${IID_IPropertyStore}",.r1)'
		${If} $1 P<> 0
			System::Call '*${SYSSTRUCT_PROPERTYKEY}(${PKEY_AppUserModel_ID})p.r2'
			System::Call '*(&w64 "${ID}")p.r4'
			System::Call '*${SYSSTRUCT_PROPVARIANT}(${VT_LPWSTR},,p r4)p.r3'
			${IPropertyStore::SetValue} $1 '(r2,r3)'
			${IPropertyStore::Commit} $1 ""
			System::Free $2
			System::Free $3
			System::Free $4
			${IUnknown::Release} $1 ""
		${EndIf}
		${IUnknown::QueryInterface} $0 '("${IID_IPersistFile}",.r1)'
		${If} $1 P<> 0
			${IPersistFile::Save} $1 '("$SMPROGRAMS\Fermata.lnk",1)'
			${IUnknown::Release} $1 ""
		${EndIf}
		${IUnknown::Release} $0 ""
	${EndIf}
FunctionEnd

Section
	Call Stop
	SetOutPath "$INSTDIR"
	File /r "program\*"
	WriteUninstaller "$INSTDIR\uninstall.exe"
	Call Link
	WriteRegStr HKCU "Software\Classes\fermata" "" "URL:Fermata"
	WriteRegStr HKCU "Software\Classes\fermata" "URL Protocol" ""
	WriteRegStr HKCU "Software\Classes\fermata\shell\open\command" "" '"$INSTDIR\fermata.exe" handle -- "%1"'
	WriteRegStr HKCU "${UNINSTALL}" DisplayName Fermata
	WriteRegStr HKCU "${UNINSTALL}" DisplayVersion "${VERSION}"
	WriteRegStr HKCU "${UNINSTALL}" DisplayIcon "$INSTDIR\fermata.exe"
	WriteRegStr HKCU "${UNINSTALL}" Publisher "The Fermata authors"
	WriteRegStr HKCU "${UNINSTALL}" InstallLocation "$INSTDIR"
	WriteRegStr HKCU "${UNINSTALL}" UninstallString '"$INSTDIR\uninstall.exe"'
	WriteRegStr HKCU "${UNINSTALL}" QuietUninstallString '"$INSTDIR\uninstall.exe" /S'
	WriteRegDWORD HKCU "${UNINSTALL}" NoModify 1
	WriteRegDWORD HKCU "${UNINSTALL}" NoRepair 1
	${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
	WriteRegDWORD HKCU "${UNINSTALL}" EstimatedSize $0
SectionEnd

; DeleteSignIns deletes what the keyring (Windows' credentials) has of Fermata.
Function un.DeleteSignIns
	System::Call 'advapi32::CredEnumerateW(w "fermata:*", i 0, *i .r0, *p .r1)i.r2'
	${If} $2 <> 0
		StrCpy $3 $1
		${For} $4 1 $0
			System::Call '*$3(p .r5)'
			System::Call '*$5(i, i .r6, w .r7)'
			System::Call 'advapi32::CredDeleteW(w r7, i r6, i 0)'
			IntPtrOp $3 $3 + 8
		${Next}
		System::Call 'advapi32::CredFree(p r1)'
	${EndIf}
FunctionEnd

Section Uninstall
	StrCpy $9 0
	${GetParameters} $0
	${GetOptions} $0 "/PURGE" $1
	${IfNot} ${Errors}
		StrCpy $9 1
	${ElseIf} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "Delete your settings and your sign-in too?" /SD IDNO IDYES`
		StrCpy $9 1
	${EndIf}
	Call un.Stop
	Delete "$SMPROGRAMS\Fermata.lnk"
	!include files.nsh
	Delete "$INSTDIR\uninstall.exe"
	RMDir "$INSTDIR"
	Delete "$LOCALAPPDATA\Fermata\icon.png"
	RMDir /r "$LOCALAPPDATA\fermata-demo"
	DeleteRegKey HKCU "Software\Classes\fermata"
	DeleteRegKey HKCU "Software\Classes\AppUserModelId\${ID}"
	DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" Fermata
	DeleteRegKey HKCU "${UNINSTALL}"
	${If} $9 = 1
		Call un.DeleteSignIns
		RMDir /r "$APPDATA\fermata"
		RMDir /r "$LOCALAPPDATA\fermata"
	${EndIf}
	RMDir "$LOCALAPPDATA\Fermata"
SectionEnd
